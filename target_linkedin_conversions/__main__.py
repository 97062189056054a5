"""`python -m target_linkedin_conversions` is the target."""

from target_linkedin_conversions.singer.main import main

if __name__ == "__main__":
    main()
