#pragma once
#include "smoke/runner.h"
#include "sys/http/client.h"
#include <string>

namespace fairlead::smoke {

// Sends HTTP requests from inside the network of a running container, with its addresses, host names and routes. Each
// request starts fairlead-fetch in a container of the same image, which shares only the network: no volume, no
// variable, no right to write. The request with its secrets is passed by standard input.
class Inside : public sys::Http {
  public:
    // `service`: a service of the compose project in the working folder, or a container's name. Error (usage): neither
    // is running. Error (could_not): docker can't be run.
    static Result<Inside> open(const std::string& service);
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override;

  private:
    Inside(std::string service, std::string container, std::string image)
        : service_(std::move(service)), container_(std::move(container)), image_(std::move(image)) {}
    std::string service_, container_, image_;
};

// Error (usage): the plan has something that isn't possible there: a probe, Hurl files, given addresses or
// certificates.
Result<void> check_inside(const Plan& plan);

}
