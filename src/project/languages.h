#pragma once
#include <string_view>

// Finds what comments and pages say in languages other than English.
namespace fairlead::project {

// Both take the text as written. Their words lack a first letter that may be a capital.
bool names_development_elsewhere(std::string_view comment);
bool names_production_elsewhere(std::string_view comment);

// "For education only", in small letters as far as they are of ASCII.
bool is_for_education_only(std::string_view text);
// "This project is intentionally vulnerable", in the same way.
bool is_vulnerable_on_purpose(std::string_view text);

}
