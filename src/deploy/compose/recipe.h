#pragma once
#include "base/result.h"
#include "deploy/compose/model.h"
#include <map>
#include <string>
#include <string_view>

// What containers of a release are made by, kept in the state folder (compose/<release>.json, 0600): a rollback needs
// neither the checkout nor what the files named as ${NAME} then.
namespace fairlead::deploy {

struct UsedImage {
    std::string image; // "ghcr.io/acme/shop@sha256:...", or the id of one that no registry has
    std::string id;    // as the engine calls it; empty: not fetched yet
    std::string user;  // of its processes, as the service or the image says
    bool operator==(const UsedImage&) const = default;
};

struct Recipe {
    std::string release, project, folder;    // the project's folder, where its .env is
    std::map<std::string, UsedImage> images; // of the services that move
    int port = 0;                            // that the first service listens at; 0: at a socket
    Model model;
};

// `of`: whose it is (ledger/checked.h); empty: it doesn't say, or anybody's.
std::string to_json(const Recipe& recipe, const std::string& of = "");
Result<Recipe> parse_recipe(std::string_view text, const std::string& file, const std::string& of = "");

// SHA-256 that names these images together: the only one's own, else one over all.
std::string digest_of(const std::map<std::string, UsedImage>& images);
// "ghcr.io/acme/shop@sha256:..." of "ghcr.io/acme/shop:1.4@sha256:..."; empty: it names no digest.
std::string by_digest(std::string_view reference);

}
