namespace Beam.Cli.Configuration;

/// <summary>The settings of a command: from its options, else from the environment, else from the file.</summary>
/// <param name="file">The file's settings.</param>
/// <param name="environment">Reads a variable.</param>
internal sealed class EffectiveSettings(ToolSettings file, Func<string, string?> environment)
{
    /// <summary>The variable for the server.</summary>
    public const string ServerVariable = "BEAM_SERVER";

    /// <summary>The variable for the access key.</summary>
    public const string KeyVariable = "BEAM_KEY";

    /// <summary>The variable that lets the access key travel over plain HTTP.</summary>
    public const string KeyOverHttpVariable = "BEAM_KEY_OVER_HTTP";

    /// <summary>Gets how long to wait for the other side; <see langword="null"/> for the server's own limit.</summary>
    public TimeSpan? Wait { get; } = file.Wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Gets a value indicating whether links are shown as a QR code too.</summary>
    public bool Qr { get; } = file.Qr ?? true;

    /// <summary>The server, and the key to show it.</summary>
    /// <param name="option">What the command line says.</param>
    /// <exception cref="UsageException">
    /// No server is set, or its address is not valid, or the key would travel over plain HTTP and nothing allows that.
    /// </exception>
    public ServerChoice Server(string? option)
    {
        var text = option ?? Variable(ServerVariable) ?? file.Server
            ?? throw new UsageException(
                $"No server is set. Set it with 'beam config server URL' or in {ServerVariable}, or name it on the command line.");
        var address = ServerAddress.Parse(text);

        // A key belongs to the server that stands beside it. No other server gets to see it. So does the permission to send it openly.
        var isOfTheFile = IsKnown(file.Server, address);
        var isOfTheEnvironment = IsKnown(Variable(ServerVariable) ?? file.Server, address);
        var choice = new ServerChoice(
            address,
            isOfTheEnvironment && Variable(KeyVariable) is { } key ? key : isOfTheFile ? file.Key : null,
            (isOfTheEnvironment && IsOn(KeyOverHttpVariable)) || (isOfTheFile && file.KeyOverHttp == true));
        var permission = isOfTheFile ? "'beam config key-over-http yes'" : $"{KeyOverHttpVariable}=yes in the environment";
        return choice.IsKeySafe
            ? choice
            : throw new UsageException(
                $"The access key would travel to {address} over plain HTTP, where everybody on the way can read it. "
                + $"Use https, or allow it for this server: {permission}.");
    }

    private static bool IsKnown(string? server, Uri address) => server is not null && ServerAddress.Parse(server) == address;

    private bool IsOn(string variable) => Variable(variable) is { } value && YesOrNo.Read(variable, value);

    private string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;
}
