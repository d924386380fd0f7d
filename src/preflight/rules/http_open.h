#pragma once
#include "preflight/host/site.h"
#include <span>
#include <string_view>

// Finds files that a site serves to everybody.
namespace fairlead::preflight {

// One of site_files. It is recognised by its content, because an application may answer 200 for any path.
struct PublicFile {
    std::string_view path, fact;
    bool (*is_it)(const Answer& answer);
};
std::span<const PublicFile> exposed_files();  // files that should not be public
std::span<const PublicFile> document_files(); // documentation of an API

const Answer* file_of(const Site& site, std::string_view path); // null: not requested

}
