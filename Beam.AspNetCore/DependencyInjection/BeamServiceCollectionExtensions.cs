using Beam;
using Beam.AspNetCore;
using Beam.AspNetCore.Assets;
using Beam.AspNetCore.Channels;
using Beam.AspNetCore.Delivery;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Forms;
using Beam.AspNetCore.Forwarding;
using Beam.AspNetCore.Hosting;
using Beam.AspNetCore.Minting;
using Beam.AspNetCore.OneShot;
using Beam.AspNetCore.Overview;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Receiving;
using Beam.AspNetCore.Routing;
using Beam.AspNetCore.Sending;
using Beam.AspNetCore.Status;
using Beam.AspNetCore.Uploads;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Beam in a web application.</summary>
public static class BeamServiceCollectionExtensions
{
    /// <summary>Adds a relay to the application. <c>app.MapBeam()</c> adds its endpoints.</summary>
    /// <remarks>
    /// On Kestrel, Beam also watches how connections end. That is how a sender learns that a plain client has really read the file. It
    /// costs one small object for each connection of the application.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options. The host checks them when it starts.</param>
    /// <returns>A builder for further registrations.</returns>
    public static BeamBuilder AddBeam(this IServiceCollection services, Action<BeamOptions>? configure = null)
    {
        var builder = services.AddBeamCore(configure);
        services.AddOptions<BeamHttpOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BeamHttpOptions>, BeamHttpOptionsValidator>());
        services
            .AddDiagnostics()
            .AddQuotas()
            .AddEvents()
            .AddMinting()
            .AddForms()
            .AddSending()
            .AddUploads()
            .AddOneShot()
            .AddStatus()
            .AddReceiving()
            .AddChannels()
            .AddOverview()
            .AddAssets()
            .AddBeamRouting()
            .AddForwarding()
            .AddDraining();
        services.ObserveConnections();
        return builder;
    }
}
