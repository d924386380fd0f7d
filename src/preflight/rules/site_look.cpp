#include "preflight/rules/site_look.h"

namespace fairlead::preflight {

std::vector<Page> pages(const Site& site) {
    std::vector<Page> all;
    if (const auto* page = site.page()) all.push_back({*page, site_label(page->url)});
    if (site.not_found && site.not_found->status != 0)
        all.push_back({*site.not_found, "a 404 of " + site_label(site.not_found->url)});
    return all;
}

}
