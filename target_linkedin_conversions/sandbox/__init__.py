"""LinkedIn on localhost: strict, with faults to order. Nothing here reaches the real one.

An independent reading of LinkedIn's rules: it shares no code with the client it is there to test.
The web libraries are an extra (`pip install target-linkedin-conversions[sandbox]`) and are
imported when a sandbox starts, not before.
"""

from target_linkedin_conversions.sandbox.journal import RequestSeen
from target_linkedin_conversions.sandbox.local import Sandbox
from target_linkedin_conversions.sandbox.rules import Rule
from target_linkedin_conversions.sandbox.settings import SandboxSettings
from target_linkedin_conversions.sandbox.tokens import Token

__all__ = ["RequestSeen", "Rule", "Sandbox", "SandboxSettings", "Token"]
