"""How much nobody with an account may send: reports from one address, and with one phone number."""

from libs.casework.vocabulary import Source
from libs.plumbing.limits import RateLimits
from libs.plumbing.problems import Problem
from services.intake.bodies import Report
from services.intake.marks import NOWHERE, Fingerprints, Mark
from services.intake.policy import Policy
from services.intake.rules import Reporter


class Abuse:
    """Counts in this process; staff and systems have limits of their own."""

    def __init__(self, policy: Policy, prints: Fingerprints) -> None:
        self._prints = prints
        self._addresses = RateLimits(policy.reports_of_address, policy.reports_of_address)
        self._phones = RateLimits(policy.reports_of_phone, policy.reports_of_phone)

    def refused(self, reporter: Reporter, report: Report, address: str) -> Problem | None:
        """None and counted, or the 429 to answer."""
        if reporter.source is not Source.RESIDENT:
            return None
        limited = None if address == NOWHERE else self._address(address)
        phone = report.contact.phone if report.contact else None
        if limited or not phone:
            return limited
        return self._phones.refused(None, self._prints.of(Mark.CONTACT, phone))

    def _address(self, address: str) -> Problem | None:
        return self._addresses.refused(None, self._prints.of(Mark.ADDRESS, address))
