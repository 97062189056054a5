"""The way in from Spark: a data source to write to. Needs the extra `spark`.

`spark.dataSource.register(LinkedInConversions)`, then `df.write.format("linkedin_conversions")` or `df.writeStream`.
"""

from __future__ import annotations

try:
    from target_linkedin_conversions.spark.source import LinkedInConversions
except ImportError as error:
    if (error.name or "").partition(".")[0] != "pyspark":
        raise
    message = "Spark's data sources need the extra spark: pip install 'target-linkedin-conversions[spark]'"
    raise ImportError(message, name=error.name) from None

__all__ = ["LinkedInConversions"]
