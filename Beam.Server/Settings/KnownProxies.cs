using System.Net;

namespace Beam.Server.Settings;

/// <summary>
/// The proxies that the server trusts for a client's address and scheme: addresses and networks, as a list or separated by commas.
/// </summary>
internal sealed class KnownProxies
{
    private const StringSplitOptions Tidy = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    /// <exception cref="SettingsException">A value is neither an address nor a network.</exception>
    public KnownProxies(IConfigurationSection section)
    {
        string?[] values = [section.Value, .. section.GetChildren().Select(child => child.Value)];
        foreach (var text in values.SelectMany(value => (value ?? "").Split(',', Tidy)))
        {
            if (IPAddress.TryParse(text, out var address))
            {
                Addresses.Add(address);
            }
            else if (IPNetwork.TryParse(text, out var network))
            {
                Networks.Add(network);
            }
            else
            {
                throw new SettingsException($"{section.Path}: '{text}' is neither an address nor a network such as 10.0.0.0/8.");
            }
        }
    }

    public IList<IPAddress> Addresses { get; } = [];

    public IList<IPNetwork> Networks { get; } = [];

    public bool AreAny => Addresses.Count + Networks.Count > 0;

    /// <summary>Says whether an address is that of a proxy that the settings name.</summary>
    public bool Have(IPAddress address)
    {
        var known = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Addresses.Contains(known) || Networks.Any(network => network.Contains(known));
    }
}
