#include "preflight/rules/groups.h"

namespace fairlead::preflight {

namespace {

void told_by_django(const Project&, Hits&) {} // django_check.cpp

}

std::span<const Rule> django_run_rules() {
    static const Rule rows[] = {
        {.id = "django-check",
         .title = "Django's own check finds another problem",
         .levels = always(Level::warning),
         .check = told_by_django,
         .why = "With `--run-django`, preflight runs `manage.py check --deploy` with the variables of the env file. "
                "Security findings appear under the other django rules. This rule reports all other findings (about "
                "models, URLs, templates, applications), each with Django's level.",
         .way_out = "python manage.py check --deploy"},
    };
    return rows;
}

}
