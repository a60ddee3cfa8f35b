# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import complaint_coordination_ask
from . import complaint_readiness
from . import sla_extend
