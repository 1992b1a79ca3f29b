using Beam;
using Beam.AspNetCore;
using Beam.Server.Access;
using Beam.Server.Hosting;
using Beam.Server.Settings;
using Beam.Server.Telemetry;
using Beam.Server.Webhooks;
using Microsoft.Extensions.Options;

var hasStarted = false;
try
{
    // Settings are read once: a file that changes later must not open another address behind the check below.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = [.. args, "--hostBuilder:reloadConfigOnChange=false"],
        ContentRootPath = AppContext.BaseDirectory,
    });
    var section = new BeamSection(builder.Configuration);
    var settings = section.Server;

    // 1. Where to listen.
    var addresses = ListenAddresses.Configured(builder.Configuration);
    ListenAddresses.EnsureGuarded(addresses, settings);
    if (addresses.Count == 0)
    {
        builder.WebHost.UseUrls(ListenAddresses.Default);
    }

    builder.WebHost.UseBeamDefaults().ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
    builder.WebHost.ReadProxyProtocol(section);

    // 2. The relay, the rights to use it, and how long a shutdown may take.
    var beam = builder.Services.AddBeam(section.Bind).LimitLogEntries("Microsoft.AspNetCore.Server.Kestrel.Http2");
    builder.Services.Configure<BeamHttpOptions>(section.Bind);
    builder.Services.Configure<BeamQuotaOptions>(section.Bind);
    if (!section.AreQuotasOff)
    {
        beam.LimitAddresses();
    }

    builder.Services.AddAccessKey(settings);
    builder.Services.AddMintLimit(settings);
    builder.Services.AddSingleton<LocalHosts>();
    builder.Services.AddSingleton(section.KnownProxies).AddSingleton<UnknownProxy>();
    builder.Services.AddHealthChecks().AddBeam();
    builder.Services.AddOptions<HostOptions>()
        .Configure<IOptions<BeamHttpOptions>>((host, beam) => host.ShutdownTimeout = beam.Value.DrainTimeout + TimeSpan.FromSeconds(5));

    // 3. Where the server reports what happens.
    if (section.Webhook.Url is not null)
    {
        builder.Services.AddSingleton(section.Webhook);
        beam.AddTransferObserver<Webhook>();
    }

    if (OtlpExport.IsConfigured)
    {
        builder.Services.AddHostedService<OtlpExport>();
    }

    builder.Logging.AddQuietConsole(() => hasStarted);

    // 4. The pipeline.
    await using var app = builder.Build();
    app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = LastWords.WriteAsync });
    if (LocalHosts.AreNeeded(builder.Configuration, settings, section.KnownProxies))
    {
        app.UseMiddleware<LocalHosts>();
    }

    app.UseMiddleware<UnknownProxy>();
    if (section.KnownProxies.AreAny)
    {
        app.UseForwardedHeaders(ProxyHeaders.From(section.KnownProxies));
    }

    // Authorization first: requests that are refused there use up nobody's mints.
    app.UseGuessLimit(settings);
    app.UseAuthorization();
    app.UseRateLimiter();

    // For GET and HEAD only: the server must not answer 200 to a file that somebody sends there.
    app.MapHealthChecks("/-/health").WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
    var endpoints = app.MapBeam();
    endpoints.RequireAccessKey(settings);
    endpoints.LimitMinting(settings);

    await app.StartAsync();
    hasStarted = true;
    var publicBaseUrl = app.Services.GetRequiredService<IOptions<BeamHttpOptions>>().Value.PublicBaseUrl;
    var limits = LimitLines.Render(
        app.Services.GetRequiredService<IOptions<BeamQuotaOptions>>().Value,
        HoldingShares.Of(app.Services.GetRequiredService<IOptions<BeamOptions>>().Value),
        section.AreQuotasOff);
    Console.WriteLine(CommandsToTry.Render(app.Urls, publicBaseUrl, settings, limits));
    Console.Write(ProxyNotes.Render(section, ListenAddresses.AreOpen(addresses)));
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception exception) when (!hasStarted && StartFailure.IsExpected(exception))
{
    await Console.Error.WriteLineAsync(StartFailure.Describe(exception));
    return 1;
}
