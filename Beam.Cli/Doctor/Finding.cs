namespace Beam.Cli.Doctor;

/// <summary>The result of a check.</summary>
/// <param name="Check">What was checked.</param>
/// <param name="Verdict">The result, and what to change if it is bad.</param>
/// <param name="IsWell">Whether everything can stay as it is.</param>
internal sealed record Finding(string Check, string Verdict, bool IsWell)
{
    public static Finding Well(string check) => new(check, "ok", IsWell: true);

    public static Finding Bad(string check, string verdict) => new(check, verdict, IsWell: false);
}
