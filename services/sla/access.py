"""Who may ask: everybody who works for an office, or on its behalf."""

from typing import Annotated

from fastapi import Depends

from libs.casework.vocabulary import Role
from libs.plumbing.access import require
from libs.plumbing.principals import Principal

STAFF = frozenset(Role) - {Role.RESIDENT}
Staff = Annotated[Principal, Depends(require(*sorted(STAFF)))]
