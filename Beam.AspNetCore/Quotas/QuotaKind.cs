namespace Beam.AspNetCore.Quotas;

/// <summary>Whose use is counted.</summary>
internal enum QuotaKind
{
    Token,
    Address,
    User,
}
