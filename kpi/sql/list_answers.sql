select question, choice from answer where upload = $upload order by question
