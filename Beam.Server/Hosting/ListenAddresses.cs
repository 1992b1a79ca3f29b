using System.Net;
using Beam.Server.Settings;

namespace Beam.Server.Hosting;

/// <summary>Where the server listens, known before it does.</summary>
internal static class ListenAddresses
{
    public const string Default = "http://localhost:4000";

    /// <summary>
    /// Refuses addresses that other machines can reach, unless an access key guards the server or the settings say that it needs none.
    /// </summary>
    /// <exception cref="SettingsException">The server would be open to everybody.</exception>
    /// <exception cref="FormatException">An address is not valid.</exception>
    public static void EnsureGuarded(IReadOnlyList<string> addresses, ServerSettings settings)
    {
        var open = addresses.FirstOrDefault(address => !IsLoopback(address));
        if (open is not null && settings.AccessKey is null && !settings.AllowAnonymous)
        {
            throw new SettingsException(
                $"{open} is open to other machines and there is no access key. "
                + "Set Beam__AccessKey, or Beam__AllowAnonymous=true if everybody may mint tokens.");
        }
    }

    /// <summary>Says whether other machines can reach one of the addresses.</summary>
    public static bool AreOpen(IReadOnlyList<string> addresses) => !addresses.All(IsLoopback);

    /// <summary>
    /// All addresses that are configured, whichever of them Kestrel prefers: its own endpoints, the URLs, and, when there is neither, the
    /// ports, which mean every interface.
    /// </summary>
    public static IReadOnlyList<string> Configured(IConfiguration configuration)
    {
        string[] addresses =
        [
            .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? ""),
            .. Split(configuration[WebHostDefaults.ServerUrlsKey]),
        ];
        return addresses.Length > 0
            ? addresses
            :
            [
                .. Split(configuration[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}"),
                .. Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"),
            ];
    }

    private static string[] Split(string? list)
        => (list ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // Kestrel takes a name that it does not know for every interface, so only a name that it certainly binds to loopback counts.
    private static bool IsLoopback(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe
            || binding.IsNamedPipe
            || binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host, out var ip) && IPAddress.IsLoopback(ip));
    }
}
