#pragma once
#include "preflight/project.h"
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Asks Django itself: runs `manage.py check --deploy` with the variables of the judged env file.
namespace fairlead::preflight {

struct DjangoIssue {
    Level level = Level::warning;
    std::string id;   // "security.W004"; empty: no id
    std::string text; // without the hint
};
// Parses the command's output (django/core/management/base.py, BaseCommand.check). Error (could_not): the command broke
// down, or the output is incomplete.
Result<std::vector<DjangoIssue>> read_django_check(std::string_view printed);

// Returns Django's findings, by our rule with the same meaning, or by `django-check` if there is no such rule. `root`
// is the project's folder. Error (usage): there is no manage.py, or several, or several env files. Error (could_not):
// Python or Django can't be started, or breaks down.
Result<std::multimap<std::string, Hit, std::less<>>> ask_django(const Project& project, const std::string& root);

}
