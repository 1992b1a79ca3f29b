using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Beam.Functions.Hosting;

/// <summary>
/// The settings of the Functions host, as far as they matter to the program that it starts: host.json, and the app settings that stand in
/// for its values.
/// </summary>
internal sealed class FunctionsHostSettings
{
    private const long DefaultMaxBodyBytes = 104_857_600;

    // Timers end at 49.7 days. To end a request earlier than the host would is safe.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(49);

    // Where the folder of host.json is, as the host tells a custom handler and an isolated worker.
    private static readonly string[] Folders = ["FUNCTIONS_APP_ROOT_PATH", "FUNCTIONS_APPLICATION_DIRECTORY"];

    private readonly IConfiguration _configuration;
    private readonly IConfiguration _file;

    public FunctionsHostSettings(IConfiguration configuration)
    {
        _configuration = configuration;
        var folder = Folders.Select(name => configuration[name]).FirstOrDefault(static folder => !string.IsNullOrEmpty(folder))
            ?? AppContext.BaseDirectory;
        _file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(Path.Combine(folder, "host.json")), optional: true).Build();

        var prefix = (Value("extensions:http:routePrefix") ?? "api").Trim('/');
        RoutePrefix = prefix.Length == 0 ? PathString.Empty : new PathString("/" + prefix);
        FunctionTimeout = ReadTimeout();
        var bodySizeLimit = configuration["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"];
        MaxBodyBytes = long.TryParse(bodySizeLimit, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? limit
            : DefaultMaxBodyBytes;
    }

    /// <summary>Gets what the host puts before every route and passes on with the path; empty when there is none.</summary>
    public PathString RoutePrefix { get; }

    /// <summary>Gets how long a request may take, at most 49 days; <see langword="null"/> for no limit.</summary>
    public TimeSpan? FunctionTimeout { get; }

    /// <summary>Gets the largest body that the host lets through.</summary>
    public long MaxBodyBytes { get; }

    private string? Value(string path) => _configuration["AzureFunctionsJobHost:" + path] ?? _file[path];

    private TimeSpan? ReadTimeout()
    {
        var text = Value("functionTimeout");
        if (text == "-1")
        {
            return null;
        }

        // The default is the hosting plan's; "Dynamic" is what the classic Consumption plan calls itself.
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var timeout) && timeout > TimeSpan.Zero
            ? timeout < LongestTimeout ? timeout : LongestTimeout
            : TimeSpan.FromMinutes(_configuration["WEBSITE_SKU"] == "Dynamic" ? 5 : 30);
    }
}
