using System.Globalization;
using System.Net;
using Beam.Functions.Hosting;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Makes a web application a custom handler of the Azure Functions host.</summary>
public static class BeamCustomHandlerExtensions
{
    private const string PortVariable = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>
    /// Listens where the Functions host wants its custom handler to, if the host has started the program. Otherwise it does nothing, so
    /// that the program is an ordinary server.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Behind the host, the address of the client, the scheme and the host name come from the headers that the Functions host sets. The
    /// scheme is http or https. The host name is one of <c>AllowedHosts</c>, or else the platform's <c>WEBSITE_HOSTNAME</c>; where neither
    /// is set, a name of this machine.
    /// </para>
    /// <para>
    /// The host's route prefix counts as the path base. The program answers at once the probe by which the host finds out that it is up.
    /// It cuts a request shortly before the host's functionTimeout, at which the host would end the program and every other transfer with
    /// it.
    /// </para>
    /// </remarks>
    /// <param name="builder">The web application's builder.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="InvalidOperationException">FUNCTIONS_CUSTOMHANDLER_PORT is set to something that is no port.</exception>
    public static WebApplicationBuilder UseBeamCustomHandler(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Configuration[PortVariable] is not { Length: > 0 } text)
        {
            return builder;
        }

        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            throw new InvalidOperationException($"{PortVariable} is '{text}', which is no port.");
        }

        // In code, because neither ASPNETCORE_URLS nor a setting of the application displaces that.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddFunctionsHost();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Transient<IStartupFilter, CustomHandlerStartupFilter>());
        builder.Services.Configure<ForwardedHeadersOptions>(static options => options.ForwardedHeaders
            = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto);

        // The Host header is the address at which the Functions host reaches the program. AllowedHosts is about what it has passed on.
        builder.Services.Configure<HostFilteringOptions>(static options => options.AllowedHosts = ["*"]);
        return builder;
    }
}
