# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import complaint_reason
from . import complaint_response
from . import complaint_notice
from . import helpdesk_ticket
from . import helpdesk_ticket_alert
from . import helpdesk_ticket_extension
from . import helpdesk_ticket_preview
from . import helpdesk_ticket_team
from . import helpdesk_ticket_today
from . import helpdesk_ticket_told
from . import helpdesk_ticket_why
from . import res_company
from . import res_config_settings
from . import res_users
from . import resource_calendar
from . import resource_calendar_attendance
from . import resource_calendar_days_off
from . import resource_calendar_leaves
from . import sla_alert
from . import sla_alert_rule
from . import resource_calendar_warnings
from . import sla_clock
from . import sla_clock_figures
from . import sla_clock_check
from . import sla_clock_extend
from . import sla_clock_regulatory
from . import sla_clock_told
from . import sla_clock_days_off
from . import sla_clock_repair
from . import sla_clock_why
from . import sla_clock_alert
from . import sla_event
from . import sla_extension
from . import sla_extension_request
from . import sla_policy
