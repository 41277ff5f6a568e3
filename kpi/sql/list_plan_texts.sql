select plan, arg_max(became, id) from event where act = 'plan' group by plan
