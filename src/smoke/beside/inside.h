#pragma once
#include "smoke/runner.h"
#include "sys/http/client.h"
#include <string>

namespace fairlead::smoke {

// Sends HTTP requests from inside the network of a running container: with its addresses, its names of other services
// and its ways out. Each request starts fairlead-fetch in a container of the same image, which shares that network and
// nothing else: no volume, no variable, no right to write. The request with its secrets goes by standard input.
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

// Error (usage): the plan has what such a request can't do: a probe, Hurl files, given addresses or
// certificates.
Result<void> check_inside(const Plan& plan);

}
