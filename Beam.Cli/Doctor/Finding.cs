namespace Beam.Cli.Doctor;

/// <summary>What one check has found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Verdict">What was found, and what to change if it is not well.</param>
/// <param name="IsWell">Whether nothing has to be changed.</param>
internal sealed record Finding(string Check, string Verdict, bool IsWell)
{
    public static Finding Well(string check) => new(check, "ok", IsWell: true);

    public static Finding Bad(string check, string verdict) => new(check, verdict, IsWell: false);
}
