from . import test_helpdesk_mgmt
from . import test_install
from . import test_suite
