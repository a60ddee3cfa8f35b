from . import test_calendar
from . import test_clock
from . import test_queries
from . import test_race
from . import test_state_machine
from . import test_ticket
from . import test_working_days
