select content from plan_text where sha256 = $sha256
