"""What people in a benchmark are made of. Imports nothing, so that settings can be chosen first."""

PASSWORD = "bench-only-password"  # noqa: S105 - of people who live in a benchmark
TEXT = """the council road water bridge report nobody quite reads again because every winter costs
more than summer did and people who live beside a river know what that means for their cellars but
they were asked last and told first so here we are with another plan two maps and no money"""
WORDS = TEXT.split()
