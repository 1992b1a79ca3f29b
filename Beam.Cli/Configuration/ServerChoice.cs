using Beam.Client;

namespace Beam.Cli.Configuration;

/// <summary>The server that a command talks to.</summary>
/// <param name="Address">Where Beam is mounted.</param>
/// <param name="Key">The access key to show it: a secret.</param>
/// <param name="AllowsKeyOverHttp">Whether that key may travel over plain HTTP to another machine.</param>
internal sealed record ServerChoice(Uri Address, string? Key, bool AllowsKeyOverHttp)
{
    /// <summary>Gets a value indicating whether there is no key, or it may travel to the server.</summary>
    public bool IsKeySafe => Key is null || Options().MayShowKeyTo(Address);

    /// <summary>Makes a client for the server.</summary>
    public BeamClient NewClient(TimeProvider clock)
    {
        var options = Options();
        options.TimeProvider = clock;
        return new BeamClient(Address, options);
    }

    private BeamClientOptions Options() => new() { AccessKey = Key, AllowKeyOverHttp = AllowsKeyOverHttp };
}
