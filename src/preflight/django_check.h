#pragma once
#include "preflight/project.h"
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Django's own answer: `manage.py check --deploy`, started with the variables of the env file that is judged.
namespace fairlead::preflight {

struct DjangoIssue {
    Level level = Level::warning;
    std::string id;   // "security.W004"; empty: it has none
    std::string text; // without its hint
};
// What the command printed (django/core/management/base.py, BaseCommand.check). Error (could_not): it broke down, or
// that isn't all of it.
Result<std::vector<DjangoIssue>> read_django_check(std::string_view printed);

// By the rule that says the same, else `django-check`. `root` is the project's folder. Error: usage where there is no
// manage.py, several of them, or several env files; could_not where Python or Django can't be started or breaks down.
Result<std::multimap<std::string, Hit, std::less<>>> ask_django(const Project& project, const std::string& root);

}
