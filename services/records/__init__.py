"""Records (案卷): shows cases, their story and their figures; says who looked at personal data."""
