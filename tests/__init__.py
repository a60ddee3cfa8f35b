from . import test_helpdesk_mgmt
from . import test_install
from . import test_mail_pipe
from . import test_main_job
from . import test_suite
