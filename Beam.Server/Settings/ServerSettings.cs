namespace Beam.Server.Settings;

/// <summary>The server's own settings. They stand beside the relay's options in one section.</summary>
internal sealed class ServerSettings
{
    /// <summary>Gets or sets the key that minting and the full overview ask for; <see langword="null"/> for none.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Gets or sets a value indicating whether a server without a key may listen where others can reach it.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Gets or sets how many tokens one address may mint within a minute; 0 for any number.</summary>
    public int MintsPerMinute { get; set; } = 120;

    /// <summary>Gets or sets a value indicating whether known proxies begin connections with a PROXY protocol header.</summary>
    public bool ProxyProtocol { get; set; }

    /// <summary>Gets or sets how many wrong access keys one address may bring within a minute; 0 for any number.</summary>
    public int WrongKeysPerMinute { get; set; } = 10;
}
