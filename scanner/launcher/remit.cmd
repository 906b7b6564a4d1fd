@echo off
rem Windows: -I keeps the working directory and PYTHONPATH off the import path.
"%~dp0python.exe" -I -m remit %*
