# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import base_import_import
from . import complaint_coordination_ask
from . import complaint_coordination_step
from . import complaint_telling
from . import complaint_answer
from . import complaint_ask
from . import complaint_carry_out
from . import complaint_decision
from . import complaint_log_answer
from . import complaint_progress
from . import complaint_refer
from . import complaint_reopen
from . import complaint_ruling
from . import complaint_tell
from . import complaint_file
from . import complaint_absence
from . import complaint_hand_over
from . import complaint_readiness
from . import complaint_cancel
from . import complaint_classify
from . import helpdesk_ticket_duplicate_wizard
