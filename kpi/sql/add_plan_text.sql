insert or ignore into plan_text values ($sha256, $plan, $content, $kept_at, $person)
