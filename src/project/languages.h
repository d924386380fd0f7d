#pragma once
#include <string_view>

// Finds what comments and pages say in languages other than English.
namespace fairlead::project {

// Return whether the comment, as written, is about development or production. The searched words lack a first letter
// that may be a capital.
bool names_development_elsewhere(std::string_view comment);
bool names_production_elsewhere(std::string_view comment);

// Finds "for education only" and similar. The ASCII letters of `text` must be in lower case.
bool is_for_education_only(std::string_view text);
// Does the same for "this project is intentionally vulnerable".
bool is_vulnerable_on_purpose(std::string_view text);

}
