# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import complaint_telling
from . import complaint_answer
from . import complaint_ask
from . import complaint_carry_out
from . import complaint_decision
from . import complaint_log_answer
from . import complaint_progress
from . import complaint_reopen
from . import complaint_ruling
from . import complaint_tell
