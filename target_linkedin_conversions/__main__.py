"""`python -m target_linkedin_conversions` is the target."""

from target_linkedin_conversions.starting import target

if __name__ == "__main__":
    target()
