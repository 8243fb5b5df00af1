SELECT sequence FROM progress
