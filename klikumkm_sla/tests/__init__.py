from . import test_calendar
from . import test_clock
from . import test_working_days
