#pragma once
#include "preflight/site.h"
#include <span>
#include <string_view>

// Files that a site gives to everybody, and what they hold.
namespace fairlead::preflight {

// What one of site_files holds where it is what its name says: a page of an application may answer 200 to anything.
struct PublicFile {
    std::string_view path, fact;
    bool (*is_it)(const Answer& answer);
};
std::span<const PublicFile> exposed_files();  // that nobody wants to be public
std::span<const PublicFile> document_files(); // of an API

const Answer* file_of(const Site& site, std::string_view path); // null: nobody asked for it

}
