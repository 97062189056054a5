"""The way in from Spark: a data source to write to. Needs the extra `spark`.

`spark.dataSource.register(LinkedInConversions)`, then `df.write.format("linkedin_conversions")` or `df.writeStream`.
"""

from __future__ import annotations

from target_linkedin_conversions.extras import install

try:
    from target_linkedin_conversions.spark.source import LinkedInConversions
except ImportError as error:
    if (error.name or "").partition(".")[0] != "pyspark":
        raise
    message = f"Spark's data sources need the extra spark: {install('spark')}"
    raise ImportError(message, name=error.name) from None

__all__ = ["LinkedInConversions"]
