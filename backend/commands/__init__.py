"""What `para73` does behind its commands: bring up, prepare, score and verify files, load samples."""
