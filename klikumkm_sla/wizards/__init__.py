# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import complaint_coordination_ask
from . import complaint_readiness
from . import complaint_ruling
from . import sla_extend
from . import sla_holidays
from . import sla_holidays_line
from . import sla_holidays_move
from . import sla_repair
from . import sla_repair_line
