"""Files that hold rows: CSV, TSV, JSON lines, Parquet and Excel, or stdin, each read in parts that fit into memory."""
