#include "preflight/rules/groups.h"

namespace fairlead::preflight {

namespace {

void told_by_django(const Project&, Hits&) {} // django_check.cpp

}

std::span<const Rule> django_run_rules() {
    static const Rule rows[] = {
        {.id = "django-check",
         .title = "Django's own check finds something else",
         .levels = always(Level::warning),
         .check = told_by_django,
         .why = "With --run-django manage.py check --deploy is asked, with the variables of the env file. What it says "
                "of security stands with the rule of that name; this is the rest: models, URLs, templates, the checks "
                "of applications, each with Django's level.",
         .way_out = "python manage.py check --deploy"},
    };
    return rows;
}

}
